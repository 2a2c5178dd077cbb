{#- The macro of dbt-spark loses backslashes. -#}
{%- macro spark__comment_clause() -%}
    {%- if model.description and config.persist_relation_docs() %}
    comment {{ sql_string(model.description) }}
    {%- endif -%}
{%- endmacro -%}
