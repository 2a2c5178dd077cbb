{#-
    A topic that was deleted and published again starts at load 1 again, and staging would take its loads for old ones.
    The time at which the first load with messages landed tells the two tables apart.
-#}
{%- macro refuse_another_raw_table() -%}
    {%- if execute and is_incremental() -%}
        {%- set first = run_query('select min(load_id) from ' ~ this)[0][0] or 1 -%}
        {%- set landed_at = 'select min(landed_at) from %s where load_id = ' ~ first -%}
        {%- set landed = run_query(landed_at | format(source('raw', 'assess')))[0][0] -%}
        {%- set staged = run_query(landed_at | format(this))[0][0] -%}
        {%- if staged is not none and landed != staged -%}
            {%- do exceptions.raise_compiler_error(
                this ~ ' holds the messages of another raw table: its load ' ~ first ~ ' was landed at ' ~ staged
                ~ ', that of ' ~ source('raw', 'assess') ~ ' at ' ~ landed
                ~ '. Run dbt build --full-refresh, or set another DBT_SCHEMA'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
