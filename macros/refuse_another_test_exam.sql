{#-
    Stops a build whose variable test_exam_id is not the one that the deliveries were appended with: their is_test would
    stay as it is.
-#}
{%- macro refuse_another_test_exam() -%}
    {%- set deliveries = load_relation(api.Relation.create(schema=target.schema, identifier='fct_deliveries')) -%}
    {%- if execute and deliveries and not flags.FULL_REFRESH -%}
        {%- set test_exam = sql_string(var('test_exam_id')) -%}
        {%- set stale = run_query(
            'select base_exam_id from ' ~ deliveries ~ ' where is_test != (base_exam_id = ' ~ test_exam ~ ') limit 1'
        ) -%}
        {%- for row in stale -%}
            {%- do exceptions.raise_compiler_error(
                'the variable test_exam_id is ' ~ var('test_exam_id') ~ ', but ' ~ deliveries ~ ' was built with another '
                ~ 'one (see the attempts at ' ~ row[0] ~ '). Run dbt build --full-refresh, or set the variable back'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
