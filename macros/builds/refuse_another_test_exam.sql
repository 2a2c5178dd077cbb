{#-
    The facts would keep their is_test. A build of a few models may have made only one of the two tables.
-#}
{%- macro refuse_another_test_exam() -%}
    {%- for name in ('fct_deliveries', 'fct_question_responses') if execute and not flags.FULL_REFRESH -%}
        {%- set facts = load_relation(api.Relation.create(schema=target.schema, identifier=name)) -%}
        {%- set stale = run_query(
            'select base_exam_id from ' ~ facts ~ ' where is_test != (base_exam_id = '
            ~ sql_string(var('test_exam_id')) ~ ') limit 1'
        ) if facts else () -%}
        {%- for row in stale -%}
            {%- do exceptions.raise_compiler_error(
                'the variable test_exam_id is ' ~ var('test_exam_id') ~ ', but ' ~ facts ~ ' was built with another '
                ~ 'one (see the attempts at ' ~ row[0] ~ '). Run dbt build --full-refresh, or set the variable back'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro -%}
