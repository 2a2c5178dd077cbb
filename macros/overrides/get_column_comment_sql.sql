{#- The macro of dbt-spark loses backslashes. -#}
{%- macro get_column_comment_sql(column_name, column_dict) -%}
    {%- set description = column_dict.get(column_name, {}).get('description') -%}
    {{ adapter.quote(column_name) }}{% if description %} comment {{ sql_string(description) }}{% endif %}
{%- endmacro -%}
