with attempts as (

    select
        *,
        if(is_test, null, score) as real_score
    from {{ ref('fct_attempts') }}

),

retakes as (

    select
        *,
        -- Null for a test attempt, so that the figures below leave test attempts out.
        if(is_test, null, gain) as real_gain
    from {{ ref('fct_retakes') }}

),

exams as (

    select * from {{ ref('retake_inference') }}

),

by_attempt as (

    select
        count(session_id) as attempts,
        count_if(session_id is null) as refused_attempts,
        count_if(is_first_in_session) as sessions,
        count_if(is_first_in_session and attempts_in_session > 1) as sessions_of_several,
        coalesce(max(attempts_in_session), 0) as most_attempts_in_session,
        {{ stable_mean('if(is_first_in_session, real_score, null)') }} as mean_first_score,
        {{ stable_mean('if(is_last_in_session, real_score, null)') }} as mean_last_score
    from attempts

),

by_retake as (

    select
        count(*) as retakes,
        count_if(is_test) as test_retakes,
        median(seconds_since_followed) as median_seconds_since_followed,
        count(real_gain) as scored_retakes,
        {{ stable_mean('if(real_gain is null, null, score_before)') }} as mean_score_before,
        {{ stable_mean('if(real_gain is null, null, score)') }} as mean_score,
        {{ stable_mean('real_gain') }} as mean_gain,
        count_if(real_gain > 0) as gains,
        count_if(real_gain < 0) as losses,
        count_if(real_gain = 0) as equal_scores,
        coalesce(sum(if(is_test, 0, right_then_right)), 0) as right_then_right,
        coalesce(sum(if(is_test, 0, wrong_then_right)), 0) as wrong_then_right,
        coalesce(sum(if(is_test, 0, right_then_wrong)), 0) as right_then_wrong,
        coalesce(sum(if(is_test, 0, wrong_then_wrong)), 0) as wrong_then_wrong
    from retakes

),

by_exam as (

    select
        count_if(is_inferred) as exams,
        count_if(not is_inferred) as refused_exams,
        coalesce(sum(if(is_inferred, 0, links)), 0) as refused_links,
        -- As decimals, whose sum does not depend on the order of the rows.
        cast(coalesce(sum(cast(if(is_inferred, chance_links, 0) as decimal(28, 18))), 0) as double) as chance_links,
        coalesce(sum(if(is_inferred, reversed_links, 0)), 0) as reversed_links,
        coalesce(sum(if(is_inferred, later_links, 0)), 0) as later_links
    from exams

),

final as (

    select
        by_exam.exams,
        by_attempt.attempts,
        by_attempt.sessions,
        by_attempt.sessions_of_several,
        by_attempt.most_attempts_in_session,
        by_retake.retakes,
        by_retake.test_retakes,
        by_retake.median_seconds_since_followed,

        by_retake.scored_retakes,
        by_retake.mean_score_before,
        by_retake.mean_score,
        by_retake.mean_gain,
        by_retake.gains,
        by_retake.losses,
        by_retake.equal_scores,
        by_attempt.mean_first_score,
        by_attempt.mean_last_score,

        by_retake.right_then_right,
        by_retake.wrong_then_right,
        by_retake.right_then_wrong,
        by_retake.wrong_then_wrong,

        by_exam.chance_links,
        by_exam.reversed_links,
        by_exam.later_links,
        by_exam.refused_exams,
        by_attempt.refused_attempts,
        by_exam.refused_links
    from by_attempt
    cross join by_retake
    cross join by_exam

)

select * from final
