{#-
    The rows that a test reads, by its setting `where`, which may be `untested_loads` here. The macro of dbt, which this
    one replaces, wants the condition itself; but dbt takes a test for modified if its condition changes.
-#}
{%- macro spark__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where == 'untested_loads' -%}
        {%- set where = untested_loads() -%}
    {%- endif -%}
    {%- do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as tested' if where else relation) -%}
{%- endmacro -%}
