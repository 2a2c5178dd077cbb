{#- The quantifiers are possessive, so that Java's matcher does not recurse. -#}
{%- macro json_without_strings(text) -%}
    regexp_replace({{ text }}, '"(?:[^"\\\\]++|\\\\.)*+"', '""')
{%- endmacro -%}
