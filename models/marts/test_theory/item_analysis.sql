with question_sets as (

    select * from {{ ref('exam_reliability') }}

),

-- Sums of whole numbers do not depend on the order of adding, so the figures made of them do not either.
sums as (

    select
        population,
        base_exam_id,
        question_set_id,
        question_id,
        sum(position_sum) as position_sum,
        sum(presented) as presented,
        sum(correct) as correct,
        sum(incorrect) as incorrect,
        sum(missed_some) as missed_some,
        sum(unanswered) as unanswered,
        sum(other) as other,
        sum(presented - unanswered) as answered,
        sum(rest_sum) as rest_sum,
        sum(rest_square_sum) as rest_square_sum,
        sum(rest_of_correct_sum) as rest_of_correct_sum
    from {{ ref('question_sums') }}
    where is_scored
    group by population, base_exam_id, question_set_id, question_id

),

-- All attempts number the questions, so that a question has one number in both populations.
numbered as (

    select
        base_exam_id,
        question_set_id,
        question_id,
        cast(row_number() over (
            partition by base_exam_id, question_set_id
            order by position_sum, question_id
        ) as int) as question_number
    from sums
    where population = 'all_attempts'

),

-- A question that no attempt of a population presented has a row, too. The variances and the covariance are times n²,
-- n being the number of presentations, so that they are whole numbers.
questions as (

    select
        question_sets.population,
        question_sets.base_exam_id,
        question_sets.question_set_id,
        numbered.question_id,
        question_sets.is_preferred,
        question_sets.exam_name,
        question_sets.question_set_number,
        question_sets.exam_label,
        question_sets.distinct_questions,
        numbered.question_number,
        coalesce(sums.presented, 0) as presented,
        coalesce(sums.answered, 0) as answered,
        coalesce(sums.correct, 0) as correct,
        coalesce(sums.incorrect, 0) as incorrect,
        coalesce(sums.missed_some, 0) as missed_some,
        coalesce(sums.unanswered, 0) as unanswered,
        coalesce(sums.other, 0) as other,
        sums.presented * sums.correct - sums.correct * sums.correct as item_variance_n2,
        sums.presented * sums.rest_square_sum - sums.rest_sum * sums.rest_sum as rest_variance_n2,
        sums.presented * sums.rest_of_correct_sum - sums.correct * sums.rest_sum as covariance_n2
    from question_sets
    inner join numbered
        on
            question_sets.base_exam_id = numbered.base_exam_id
            and question_sets.question_set_id = numbered.question_set_id
    left join sums
        on
            question_sets.population = sums.population
            and numbered.base_exam_id = sums.base_exam_id
            and numbered.question_set_id = sums.question_set_id
            and numbered.question_id = sums.question_id

),

figures as (

    select
        *,
        try_divide(correct, presented) as difficulty,
        try_divide(
            cast(covariance_n2 as double),
            sqrt(cast(item_variance_n2 as double)) * sqrt(cast(rest_variance_n2 as double))
        ) as discrimination
    from questions

),

final as (

    select
        population,
        base_exam_id,
        question_set_id,
        question_id,
        is_preferred,
        exam_name,
        question_set_number,
        exam_label,
        question_number,
        presented,
        answered,
        correct,
        incorrect,
        missed_some,
        unanswered,
        other,
        difficulty,
        {{ wilson_bound('correct', 'presented', 'low') }} as difficulty_low,
        {{ wilson_bound('correct', 'presented', 'high') }} as difficulty_high,
        try_divide(correct, answered) as answered_difficulty,
        {{ wilson_bound('correct', 'answered', 'low') }} as answered_difficulty_low,
        {{ wilson_bound('correct', 'answered', 'high') }} as answered_difficulty_high,
        try_divide(unanswered, presented) as unanswered_rate,
        discrimination,
        case
            when presented < {{ var('min_attempts') }} then 'too few attempts'
            when difficulty > {{ var('max_difficulty') }} then 'too easy'
            when difficulty < {{ var('min_difficulty') }} then 'too hard'
            when discrimination >= {{ var('min_discrimination') }} then 'sound'
            else 'does not separate'
        end as verdict,
        nullif(
            concat_ws(
                ' ',
                if(presented > 0 and answered = 0, 'No difficulty of the answered: nobody answered.', null),
                case
                    when presented = 0 then 'No figures: no scored attempt of the population presented the question.'
                    when presented = 1 then 'No discrimination: there is one attempt only.'
                    when correct = 0 then 'No discrimination: nobody answered correctly.'
                    when item_variance_n2 = 0 then 'No discrimination: everybody answered correctly.'
                    when distinct_questions = 1 then 'No discrimination: there is no other question.'
                    when rest_variance_n2 = 0
                        then 'No discrimination: all have the same score in the other questions.'
                end
            ),
            ''
        ) as reason
    from figures

)

select * from final
