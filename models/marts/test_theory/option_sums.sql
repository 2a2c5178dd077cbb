{{ config(materialized='incremental', post_hook='{{ merge_small_files() }}') }}

with changes as (

    select * from {{ ref('population_changes') }}
    {{ only_new_changes() }}

),

choices as (

    select * from {{ ref('fct_option_choices') }}
    where is_first_presentation

),

weighted as (

    select
        choices.*,
        changes.population,
        changes.invocation_id,
        changes.weight,
        changes.weight * changes.deliveries as weight_as_delivered,
        changes.total_score is not null as is_scored,
        changes.third
    from choices
    inner join changes on choices.keen_id = changes.keen_id

),

final as (

    select
        invocation_id,
        population,
        base_exam_id,
        question_set_id,
        question_id,
        option_id,
        is_scored,
        min(is_correct) as always_correct,
        max(is_correct) as ever_correct,
        sum(weight) as presented,
        sum(if(is_chosen, weight, 0)) as chosen,
        sum(weight_as_delivered) as presented_as_delivered,
        sum(if(is_chosen, weight_as_delivered, 0)) as chosen_as_delivered,
        sum(weight * option_position) as position_sum,
        sum(if(third = 'lower', weight, 0)) as lower_presented,
        sum(if(third = 'lower' and is_chosen, weight, 0)) as lower_chosen,
        sum(if(third = 'upper', weight, 0)) as upper_presented,
        sum(if(third = 'upper' and is_chosen, weight, 0)) as upper_chosen
    from weighted
    group by invocation_id, population, base_exam_id, question_set_id, question_id, option_id, is_scored

)

select * from final
