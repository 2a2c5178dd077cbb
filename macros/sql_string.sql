{#- A text as a literal of Spark SQL, whatever characters it has. -#}
{%- macro sql_string(text) -%}
    '{{ text | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro -%}
