with attempts as (

    select
        *,
        -- Null for a test attempt, so that the figures below leave test attempts out.
        if(is_test, null, score) as real_score
    from {{ ref('fct_attempts') }}

),

retakes as (

    select
        *,
        if(is_test, null, gain) as real_gain
    from {{ ref('fct_retakes') }}

),

exams as (

    select * from {{ ref('retake_inference') }}

),

totals_of_attempts as (

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

totals_of_retakes as (

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

totals_of_exams as (

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
        totals_of_exams.exams,
        totals_of_attempts.attempts,
        totals_of_attempts.sessions,
        totals_of_attempts.sessions_of_several,
        totals_of_attempts.most_attempts_in_session,
        totals_of_retakes.retakes,
        totals_of_retakes.test_retakes,
        totals_of_retakes.median_seconds_since_followed,

        totals_of_retakes.scored_retakes,
        totals_of_retakes.mean_score_before,
        totals_of_retakes.mean_score,
        totals_of_retakes.mean_gain,
        totals_of_retakes.gains,
        totals_of_retakes.losses,
        totals_of_retakes.equal_scores,
        totals_of_attempts.mean_first_score,
        totals_of_attempts.mean_last_score,

        totals_of_retakes.right_then_right,
        totals_of_retakes.wrong_then_right,
        totals_of_retakes.right_then_wrong,
        totals_of_retakes.wrong_then_wrong,

        totals_of_exams.chance_links,
        totals_of_exams.reversed_links,
        totals_of_exams.later_links,
        totals_of_exams.refused_exams,
        totals_of_attempts.refused_attempts,
        totals_of_exams.refused_links
    from totals_of_attempts
    cross join totals_of_retakes
    cross join totals_of_exams

)

select * from final
