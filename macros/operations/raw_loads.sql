{#- For each load `load_id=time messages`. The time comes first, so that the values sort by it. -#}
{%- macro raw_loads() -%}
    {%- set loads -%}
        select
            load_id,
            concat_ws(' ', max(landed_at), count(*))
        from {{ source('raw', 'assess') }}
        group by load_id
    {%- endset -%}
    {%- for row in run_query(loads) -%}
        {%- do log(row[0] ~ '=' ~ row[1], info=true) -%}
    {%- endfor -%}
{%- endmacro -%}
