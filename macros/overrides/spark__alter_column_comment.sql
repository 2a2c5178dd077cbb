{#-
    Comments every column of a table in one statement. The macro of dbt-spark, which this one replaces, alters the
    table once per column: with Delta each of these is a commit, and the commits take most of the time of a small
    build. An incremental table already has its comments, so only changed comments are written.
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
        {%- do comments.append('`' ~ name ~ '` comment ' ~ sql_string(column.description | trim)) -%}
    {%- endfor -%}
    {%- if comments -%}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) -%}
    {%- endif -%}
{%- endmacro -%}
