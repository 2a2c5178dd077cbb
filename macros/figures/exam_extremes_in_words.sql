{#- For example 'once each: A; B. Most: C'. -#}
{%- macro exam_extremes_in_words(fewest, rarest, commonest) -%}
    coalesce(
        concat(
            if({{ fewest }} = 1, 'once', concat({{ fewest }}, ' times')), if(size({{ rarest }}) > 1, ' each: ', ': '),
            array_join({{ rarest }}, '; '), '. Most: ', array_join({{ commonest }}, '; ')
        ),
        'none'
    )
{%- endmacro -%}
