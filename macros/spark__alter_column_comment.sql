{#-
    Comments every column of a table in one statement. It replaces the macro of dbt-spark, which alters the table once
    for each column: with Delta that is a commit a column, most of the time that a small build takes.

    relation: the table.
    column_dict: the columns of its YAML, by name.

    Usage: dbt calls it where persist_docs is on for columns.
-#}
{%- macro spark__alter_column_comment(relation, column_dict) -%}
    {%- set comments = [] -%}
    {%- for name, column in column_dict.items() if column.description -%}
        {%- set comment = column.description | trim | replace('\\', '\\\\') | replace("'", "\\'") -%}
        {%- do comments.append('`' ~ name ~ "` comment '" ~ comment ~ "'") -%}
    {%- endfor -%}
    {%- if comments -%}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) -%}
    {%- endif -%}
{%- endmacro -%}
