{{ config(materialized='incremental', post_hook='{{ merge_small_files() }}') }}

with changes as (

    select * from {{ ref('population_changes') }}
    {{ only_new_changes() }}

),

responses as (

    select
        *,
        if(result = 'correct', 1, 0) as item_score
    from {{ ref('fct_question_responses') }}
    where is_first_presentation

),

weighted as (

    select
        responses.*,
        changes.population,
        changes.invocation_id,
        changes.weight,
        changes.weight * changes.deliveries as weight_as_delivered,
        changes.total_score is not null as is_scored,
        cast(changes.total_score - responses.item_score as bigint) as rest_score
    from responses
    inner join changes on responses.keen_id = changes.keen_id

),

final as (

    select
        invocation_id,
        population,
        base_exam_id,
        question_set_id,
        question_id,
        exam_name,
        is_scored,
        max(options_presented) as options,
        sum(weight) as presented,
        sum(if(result = 'correct', weight, 0)) as correct,
        sum(if(result = 'incorrect', weight, 0)) as incorrect,
        sum(if(result = 'missed_some', weight, 0)) as missed_some,
        sum(if(result = 'unanswered', weight, 0)) as unanswered,
        sum(if(result not in ('correct', 'incorrect', 'missed_some', 'unanswered'), weight, 0)) as other,
        sum(weight_as_delivered) as presented_as_delivered,
        sum(if(result = 'correct', weight_as_delivered, 0)) as correct_as_delivered,
        sum(if(result = 'incorrect', weight_as_delivered, 0)) as incorrect_as_delivered,
        sum(if(result = 'missed_some', weight_as_delivered, 0)) as missed_some_as_delivered,
        sum(if(result = 'unanswered', weight_as_delivered, 0)) as unanswered_as_delivered,
        sum(weight * question_position) as position_sum,
        sum(weight * rest_score) as rest_sum,
        sum(weight * rest_score * rest_score) as rest_square_sum,
        sum(weight * rest_score * item_score) as rest_of_correct_sum
    from weighted
    group by invocation_id, population, base_exam_id, question_set_id, question_id, exam_name, is_scored

)

select * from final
