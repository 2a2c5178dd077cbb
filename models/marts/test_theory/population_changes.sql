{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'invocation_id'},
        pre_hook=[
            "{{ refuse_missing_loads(ref('fct_question_responses'), 'questions_presented') }}",
            "{{ refuse_missing_loads(ref('fct_option_choices'), 'options_presented') }}"
        ]
    )
}}

{%- set columns = 'population, keen_id, deliveries, total_score, third' %}

with attempts as (

    select
        {{ columns }},
        1 as weight
    from {{ ref('population_attempts') }}

),

-- What the sums of questions and options have counted so far.
counted as (

    {% if is_incremental() %}
        select
            {{ columns }},
            -weight as weight
        from {{ this }}
    {% else %}
        select * from attempts
        where false
    {% endif %}

),

compared as (

    select * from attempts
    union all
    select * from counted

),

final as (

    select
        {{ columns }},
        cast(sum(weight) as int) as weight,
        '{{ invocation_id }}' as invocation_id
    from compared
    group by {{ columns }}
    having sum(weight) != 0

)

select * from final
