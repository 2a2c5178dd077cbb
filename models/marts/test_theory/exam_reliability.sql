with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test and question_set_id is not null

),

responses as (

    select * from {{ ref('fct_scored_responses') }}

),

exams as (

    select * from {{ ref('dim_exams') }}

),

question_sets as (

    select
        base_exam_id,
        question_set_id,
        count(*) as attempts,
        min(started_at) as first_attempt_at,
        max(started_at) as last_attempt_at
    from attempts
    group by base_exam_id, question_set_id

),

by_question as (

    select
        base_exam_id,
        question_set_id,
        question_id,
        count(*) as presented,
        sum(item_score) as correct
    from responses
    group by base_exam_id, question_set_id, question_id

),

-- Sums of whole numbers do not depend on the order of adding, so the figures made of them do not either.
item_sums as (

    select
        base_exam_id,
        question_set_id,
        max(presented) as n,
        count(*) as k,
        sum(correct) as score_sum,
        sum(correct * (presented - correct)) as item_variances
    from by_question
    group by base_exam_id, question_set_id

),

score_sums as (

    select
        base_exam_id,
        question_set_id,
        -- Each response carries its attempt's total score. The sum of item score times total score is its square.
        sum(cast(item_score as bigint) * total_score) as score_square_sum
    from responses
    group by base_exam_id, question_set_id

),

sums as (

    select
        question_sets.*,
        coalesce(item_sums.n, 0) as n,
        coalesce(item_sums.k, 0) as k,
        item_sums.score_sum,
        item_sums.item_variances,
        item_sums.n * score_sums.score_square_sum - item_sums.score_sum * item_sums.score_sum as score_variance
    from question_sets
    left join item_sums
        on
            question_sets.base_exam_id = item_sums.base_exam_id
            and question_sets.question_set_id = item_sums.question_set_id
    left join score_sums
        on
            question_sets.base_exam_id = score_sums.base_exam_id
            and question_sets.question_set_id = score_sums.question_set_id

),

figures as (

    select
        *,
        try_divide(cast(score_sum as double), n) as mean_score,
        if(n > 1, sqrt(cast(score_variance as double) / (n * (n - 1))), null) as stddev_score,
        if(
            k > 1 and score_variance > 0,
            -- KR-20 (Kuder and Richardson, 1937). One division of whole numbers: rounding cannot give more than 1.
            cast(k * (score_variance - item_variances) as double) / ((k - 1) * score_variance),
            null
        ) as kr20
    from sums

),

final as (

    select
        figures.base_exam_id,
        figures.question_set_id,
        exams.exam_name,
        cast(row_number() over (
            partition by figures.base_exam_id
            order by figures.first_attempt_at, figures.question_set_id
        ) as int) as question_set_number,
        figures.first_attempt_at,
        figures.last_attempt_at,
        figures.n as scored_attempts,
        figures.attempts - figures.n as attempts_left_out,
        figures.k as distinct_questions,
        figures.mean_score,
        figures.stddev_score,
        figures.kr20,
        figures.stddev_score * sqrt(1 - figures.kr20) as standard_error_of_measurement,
        case
            when figures.n = 0 then 'No attempt has a result for each of its questions.'
            when figures.n = 1 then 'There is one attempt only.'
            when figures.k = 1 then 'There is one question only.'
            when figures.score_variance = 0 then 'All attempts have the same score.'
        end as reason
    from figures
    inner join exams on figures.base_exam_id = exams.base_exam_id

)

select * from final
