{#-
    The sums of these changes would count attempts without their rows in the facts.
-#}
{%- macro refuse_missing_loads(fact, column) -%}
    {%- set staging = ref('stg_assess__messages') -%}
    {%- if execute -%}
        {%- set staged, appended = run_query(
            'select (select max(load_id) from ' ~ staging
            ~ ' where disposition = "accepted" and ' ~ column ~ ' > 0), (select max(load_id) from ' ~ fact ~ ')'
        )[0] -%}
        {%- if (staged or 0) > (appended or 0) -%}
            {%- do exceptions.raise_compiler_error(
                fact ~ ' lacks load ' ~ staged ~ ', which is in staging: build it before ' ~ this
                ~ ', with dbt build --select +' ~ this.identifier
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
