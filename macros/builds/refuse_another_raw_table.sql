{#-
    A topic that was deleted and published again starts at load 1 again, and staging would take its loads for old ones.
    The time at which load 1 landed tells the two tables apart.
-#}
{%- macro refuse_another_raw_table() -%}
    {%- if execute and is_incremental() -%}
        {%- set first_load = 'select min(landed_at) from ' -%}
        {%- set landed = run_query(first_load ~ source('raw', 'assess') ~ ' where load_id = 1')[0][0] -%}
        {%- set staged = run_query(first_load ~ this ~ ' where load_id = 1')[0][0] -%}
        {%- if staged is not none and landed != staged -%}
            {%- do exceptions.raise_compiler_error(
                this ~ ' holds the messages of another raw table: its load 1 was landed at ' ~ staged ~ ', that of '
                ~ source('raw', 'assess') ~ ' at ' ~ landed ~ '. Run dbt build --full-refresh, or set another DBT_SCHEMA'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
