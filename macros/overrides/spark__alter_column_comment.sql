{#-
    With Delta each statement is a commit, and the commits take most of the time of a small build. An incremental table
    already has its comments, so only changed comments are written: those of its columns, and that of the table, which
    dbt-spark writes only where it makes a table.
-#}
{%- macro spark__alter_column_comment(relation, column_dict) -%}
    {%- set written = {} -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- for row in run_query('describe extended ' ~ relation) -%}
            {%- do written.update({row[0]: row[1] if row[0] == 'Comment' else row[2]}) -%}
        {%- endfor -%}
        {%- if written.get('Comment', '') | trim != model.description | trim -%}
            {%- do run_query('comment on table ' ~ relation ~ ' is ' ~ sql_string(model.description)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- set comments = [] -%}
    {%- for name, column in column_dict.items() if column.description | trim not in ('', written.get(name)) -%}
        {%- do comments.append('`' ~ name ~ '` comment ' ~ sql_string(column.description | trim)) -%}
    {%- endfor -%}
    {%- if comments -%}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ comments | join(', ')) -%}
    {%- endif -%}
{%- endmacro -%}
