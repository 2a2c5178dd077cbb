{#-
    Such an escape is \ud83d. Escaped backslashes and whole pairs are taken out first. Splitting is the fastest way to
    see that there is no escape at all. (dbt takes a backslash before a quote for an escape, so the pattern of one
    backslash is spelt otherwise.)
-#}
{%- macro has_lone_surrogate(text) -%}
    (
        size(split({{ text }}, repeat(char(92), 2), 2)) > 1
        and {{ text }} rlike '\\\\u[dD][89a-fA-F]'
        and regexp_replace({{ text }}, '\\\\\\\\|\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]..', ' ') rlike '\\\\u[dD][89a-fA-F]'
    )
{%- endmacro -%}
