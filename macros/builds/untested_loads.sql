{#-
    The condition of a test that reads only loads which no green `make run` has tested: those after the variable
    tested_loads, if it has a value. For tables whose rows never change once they are written.
-#}
{%- macro untested_loads() -%}
    {{ 'true' if var('tested_loads') is none else 'load_id > ' ~ var('tested_loads') }}
{%- endmacro -%}
