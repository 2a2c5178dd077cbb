{#-
    The answer to the sixth question, for example 'once each: A; B. Most: C'.

    fewest: SQL of the smallest number of times that an exam was taken.
    rarest: SQL of the array of the exams taken so often.
    commonest: SQL of the array of the exams taken most often.

    Usage:
        {{ exam_extremes_in_words('fewest_attempts', 'rarest_by_attempts', 'commonest_by_attempts') }}
-#}
{%- macro exam_extremes_in_words(fewest, rarest, commonest) -%}
    coalesce(
        concat(
            if({{ fewest }} = 1, 'once', concat({{ fewest }}, ' times')), if(size({{ rarest }}) > 1, ' each: ', ': '),
            array_join({{ rarest }}, '; '), '. Most: ', array_join({{ commonest }}, '; ')
        ),
        'none'
    )
{%- endmacro -%}
