with retakes as (

    select * from {{ ref('int_retakes') }}

),

responses as (

    select * from {{ ref('fct_question_responses') }}
    where is_first_presentation and result is not null

),

final as (

    select
        retakes.keen_id,
        retakes.follows_keen_id,
        retakes.base_exam_id,
        responses.question_id,
        responses_before.result = 'correct' as was_correct,
        responses.result = 'correct' as is_correct
    from retakes
    inner join responses on retakes.keen_id = responses.keen_id
    inner join responses as responses_before
        on
            retakes.follows_keen_id = responses_before.keen_id
            and responses.question_id = responses_before.question_id

)

select * from final
