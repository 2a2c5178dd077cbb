{#-
    Whether a JSON text has an escape such as \ud83d for half of a character, without its other half. Escaped
    backslashes and whole pairs are taken out first.
-#}
{%- macro has_lone_surrogate(text) -%}
    (
        contains({{ text }}, '\\u')
        and {{ text }} rlike '\\\\u[dD][89a-fA-F]'
        and regexp_replace({{ text }}, '\\\\\\\\|\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]..', ' ') rlike '\\\\u[dD][89a-fA-F]'
    )
{%- endmacro -%}
