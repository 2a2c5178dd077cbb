with question_sets as (

    select * from {{ ref('dim_question_sets') }}

),

attempts as (

    select * from {{ ref('population_attempts') }}

),

populations as (

    select distinct
        base_exam_id,
        population,
        is_preferred
    from attempts

),

attempts_by_set as (

    select
        population,
        base_exam_id,
        question_set_id,
        count(*) as attempts,
        count(total_score) as scored_attempts
    from attempts
    group by population, base_exam_id, question_set_id

),

by_question as (

    select
        population,
        base_exam_id,
        question_set_id,
        question_id,
        sum(presented) as presented,
        sum(correct) as correct,
        -- Of a correct response the total score is one more than the score in the other questions. The sum of item
        -- score times total score, over an attempt, is the square of the total score.
        sum(rest_of_correct_sum + correct) as score_squares
    from {{ ref('question_sums') }}
    where is_scored
    group by population, base_exam_id, question_set_id, question_id
    having sum(presented) > 0

),

-- Sums of whole numbers do not depend on the order of adding, so the figures made of them do not either.
-- The variances are times n², n being the number of scored attempts, so that they are whole numbers.
item_sums as (

    select
        population,
        base_exam_id,
        question_set_id,
        count(*) as distinct_questions,
        sum(correct) as score_sum,
        sum(correct * (presented - correct)) as item_variances_n2,
        sum(score_squares) as score_square_sum
    from by_question
    group by population, base_exam_id, question_set_id

),

sums as (

    -- A question set without an attempt in a population has a row, too.
    select
        question_sets.*,
        populations.population,
        populations.is_preferred,
        coalesce(attempts_by_set.attempts, 0) as attempts_in_population,
        coalesce(attempts_by_set.scored_attempts, 0) as scored_attempts,
        coalesce(
            max(item_sums.distinct_questions) over (
                partition by question_sets.base_exam_id, question_sets.question_set_id
            ),
            0
        ) as distinct_questions,
        item_sums.score_sum,
        item_sums.item_variances_n2,
        attempts_by_set.scored_attempts * item_sums.score_square_sum - item_sums.score_sum * item_sums.score_sum
            as score_variance_n2
    from question_sets
    inner join populations on question_sets.base_exam_id = populations.base_exam_id
    left join attempts_by_set
        on
            populations.population = attempts_by_set.population
            and question_sets.base_exam_id = attempts_by_set.base_exam_id
            and question_sets.question_set_id = attempts_by_set.question_set_id
    left join item_sums
        on
            populations.population = item_sums.population
            and question_sets.base_exam_id = item_sums.base_exam_id
            and question_sets.question_set_id = item_sums.question_set_id

),

figures as (

    select
        *,
        try_divide(score_sum, scored_attempts) as mean_total_score,
        if(
            scored_attempts > 1,
            sqrt(cast(score_variance_n2 as double) / (scored_attempts * (scored_attempts - 1))),
            null
        ) as stddev_total_score,
        if(
            distinct_questions > 1 and score_variance_n2 > 0,
            -- KR-20 (Kuder and Richardson, 1937). One division of whole numbers: rounding cannot give more than 1.
            cast(distinct_questions * (score_variance_n2 - item_variances_n2) as double)
            / ((distinct_questions - 1) * score_variance_n2),
            null
        ) as kr20,
        case
            when attempts_in_population = 0 then 'No attempt at these questions is the first of its session.'
            when scored_attempts = 0 then 'No attempt has a result for each of its questions.'
            when scored_attempts = 1 then 'There is one attempt only.'
            when distinct_questions = 1 then 'There is one question only.'
            when score_variance_n2 = 0 then 'All attempts have the same score.'
        end as reason
    from sums

),

final as (

    select
        population,
        base_exam_id,
        question_set_id,
        is_preferred,
        exam_name,
        question_set_number,
        exam_label,
        first_attempt_at,
        last_attempt_at,
        scored_attempts,
        attempts_in_population - scored_attempts as attempts_left_out,
        distinct_questions,
        mean_total_score,
        stddev_total_score,
        kr20,
        stddev_total_score * sqrt(1 - kr20) as standard_error_of_measurement,
        case
            when kr20 is null then reason
            when scored_attempts < {{ var('min_attempts') }} then 'too few attempts'
            when kr20 >= {{ var('min_kr20') }} then 'reliable'
            else 'less reliable'
        end as verdict,
        reason
    from figures

)

select * from final
