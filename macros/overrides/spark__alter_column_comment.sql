{#-
    Comments every column of a table in one statement. It replaces the macro of dbt-spark, which alters the table once
    for each column: with Delta that is a commit a column, most of the time that a small build takes. A table that was
    only appended to has its comments: they are written again only if one has changed.
-#}
{%- macro spark__alter_column_comment(relation, column_dict) -%}
    {%- set written = {} -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- for column in run_query('describe table ' ~ relation) -%}
            {%- do written.update({column[0]: column[2]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set comments = [] -%}
    {%- for name, column in column_dict.items() if column.description | trim not in ('', written.get(name)) -%}
        {%- set comment = column.description | trim | replace('\\', '\\\\') | replace("'", "\\'") -%}
        {%- do comments.append('`' ~ name ~ "` comment '" ~ comment ~ "'") -%}
    {%- endfor -%}
    {%- if comments -%}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) -%}
    {%- endif -%}
{%- endmacro -%}
