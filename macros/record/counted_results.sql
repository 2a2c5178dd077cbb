{%- macro counted_results(questions) -%}
    {%- set results = questions ~ '.user_result' -%}
    if(
        {{ questions }} is null, null,
        named_struct(
            'listed', size({{ questions }})
            {%- for result in ['correct', 'incorrect', 'missed_some', 'unanswered'] %},
            '{{ result }}', size({{ results }}) - size(array_remove({{ results }}, '{{ result }}'))
            {%- endfor %}
        )
    )
{%- endmacro -%}
