{% macro missing_fields(attempt) -%}
    {%- set required = [
        'keen_id', 'user_exam_id', 'base_exam_id', 'exam_name', 'started_at', 'keen_timestamp'
    ] %}
    array_compact(array(
        {%- for field in required %}
            if({{ is_blank(attempt ~ '.' ~ field) }}, '{{ field }} is missing', null),
        {%- endfor %}
        if({{ attempt }}.sequences is null, 'sequences is missing', null),
        if(
            exists({{ attempt }}.sequences.questions, question -> {{ is_blank('question.id') }}),
            'sequences.questions holds a question without an id', null
        ),
        if(
            exists(
                {{ attempt }}.sequences.questions,
                question -> exists(question.options, option -> {{ is_blank('option.id') }})
            ),
            'sequences.questions.options holds an option without an id', null
        )
    ))
{%- endmacro %}
