{%- macro newest_load() -%}
    {%- set newest = run_query('select max(load_id) from ' ~ ref('stg_assess__messages'))[0][0] -%}
    {%- if newest is not none -%}
        {%- do log(newest, info=true) -%}
    {%- endif -%}
{%- endmacro -%}
