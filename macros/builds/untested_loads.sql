{#- For tables whose rows never change once they are written. -#}
{%- macro untested_loads() -%}
    {{ 'true' if var('tested_loads') is none else 'load_id > ' ~ var('tested_loads') }}
{%- endmacro -%}
