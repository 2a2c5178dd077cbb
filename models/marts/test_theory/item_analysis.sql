with responses as (

    select * from {{ ref('fct_scored_responses') }}

),

question_sets as (

    select * from {{ ref('exam_reliability') }}

),

-- Sums of whole numbers do not depend on the order of adding, so the figures made of them do not either.
sums as (

    select
        base_exam_id,
        question_set_id,
        question_id,
        sum(question_position) as position_sum,
        count(*) as n,
        sum(item_score) as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as missed_some,
        count_if(result = 'unanswered') as unanswered,
        count_if(result != 'unanswered') as answered,
        sum(total_score - item_score) as rest_sum,
        sum(cast(total_score - item_score as bigint) * (total_score - item_score)) as rest_square_sum,
        sum(item_score * (total_score - item_score)) as rest_of_correct_sum
    from responses
    group by base_exam_id, question_set_id, question_id

),

variances as (

    select
        *,
        n * correct - correct * correct as item_variance,
        n * rest_square_sum - rest_sum * rest_sum as rest_variance,
        n * rest_of_correct_sum - correct * rest_sum as covariance
    from sums

),

final as (

    select
        variances.base_exam_id,
        variances.question_set_id,
        variances.question_id,
        question_sets.exam_name,
        question_sets.question_set_number,
        cast(row_number() over (
            partition by variances.base_exam_id, variances.question_set_id
            order by variances.position_sum, variances.question_id
        ) as int) as question_number,
        variances.n as presented,
        variances.answered,
        variances.correct,
        variances.incorrect,
        variances.missed_some,
        variances.unanswered,
        cast(variances.correct as double) / variances.n as difficulty,
        {{ wilson_bound('variances.correct', 'variances.n', 'low') }} as difficulty_low,
        {{ wilson_bound('variances.correct', 'variances.n', 'high') }} as difficulty_high,
        try_divide(cast(variances.correct as double), variances.answered) as answered_difficulty,
        {{ wilson_bound('variances.correct', 'variances.answered', 'low') }} as answered_difficulty_low,
        {{ wilson_bound('variances.correct', 'variances.answered', 'high') }} as answered_difficulty_high,
        cast(variances.unanswered as double) / variances.n as unanswered_rate,
        try_divide(
            cast(variances.covariance as double),
            sqrt(cast(variances.item_variance as double)) * sqrt(cast(variances.rest_variance as double))
        ) as discrimination,
        nullif(
            concat_ws(
                ' ',
                if(variances.answered = 0, 'No difficulty of the answered: nobody answered.', null),
                case
                    when variances.n = 1 then 'No discrimination: there is one attempt only.'
                    when variances.correct = 0 then 'No discrimination: nobody answered correctly.'
                    when variances.item_variance = 0 then 'No discrimination: everybody answered correctly.'
                    when question_sets.distinct_questions = 1 then 'No discrimination: there is no other question.'
                    when variances.rest_variance = 0
                        then 'No discrimination: all have the same score in the other questions.'
                end
            ),
            ''
        ) as reason
    from variances
    inner join question_sets
        on
            variances.base_exam_id = question_sets.base_exam_id
            and variances.question_set_id = question_sets.question_set_id

)

select * from final
