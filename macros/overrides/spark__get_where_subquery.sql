{#-
    `where` may be `untested_loads` here: dbt wants the condition itself, but takes a test for modified if its condition
    changes.
-#}
{%- macro spark__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where == 'untested_loads' -%}
        {%- set where = untested_loads() -%}
    {%- endif -%}
    {%- do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as tested' if where else relation) -%}
{%- endmacro -%}
