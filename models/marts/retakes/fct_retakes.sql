with attempts as (

    select * from {{ ref('fct_attempts') }}

),

questions_by_retake as (

    select
        keen_id,
        count(*) as questions_compared,
        count_if(was_correct and is_correct) as right_then_right,
        count_if(not was_correct and is_correct) as wrong_then_right,
        count_if(was_correct and not is_correct) as right_then_wrong,
        count_if(not was_correct and not is_correct) as wrong_then_wrong
    from {{ ref('fct_retaken_questions') }}
    group by keen_id

),

final as (

    select
        retakes.keen_id,
        retakes.follows_keen_id,
        retakes.base_exam_id,
        retakes.exam_name,
        retakes.is_test,

        retakes.session_id,
        retakes.attempt_in_session,
        retakes.started_at,
        retakes.seconds_since_followed,

        followed.score as score_before,
        retakes.score,
        retakes.score - followed.score as gain,

        coalesce(questions.questions_compared, 0) as questions_compared,
        coalesce(questions.right_then_right, 0) as right_then_right,
        coalesce(questions.wrong_then_right, 0) as wrong_then_right,
        coalesce(questions.right_then_wrong, 0) as right_then_wrong,
        coalesce(questions.wrong_then_wrong, 0) as wrong_then_wrong
    from attempts as retakes
    inner join attempts as followed on retakes.follows_keen_id = followed.keen_id
    left join questions_by_retake as questions on retakes.keen_id = questions.keen_id

)

select * from final
