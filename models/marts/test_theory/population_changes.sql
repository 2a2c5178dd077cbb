{{ config(materialized='incremental', tblproperties={'delta.dataSkippingStatsColumns': 'invocation_id'}) }}

-- Built after the facts, of which the sums of its changes are made.
-- depends_on: {{ ref('fct_question_responses') }}
-- depends_on: {{ ref('fct_option_choices') }}

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
