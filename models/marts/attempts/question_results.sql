with responses as (

    select * from {{ ref('fct_question_responses') }}
    where is_first_presentation and not is_test

),

exams as (

    select * from {{ ref('dim_exams') }}

),

repeated_attempts as (

    select * from {{ ref('repeated_deliveries') }}

),

delivered_responses as (

    select
        responses.*,
        coalesce(repeated_attempts.deliveries, 1) as deliveries
    from responses
    left join repeated_attempts on responses.keen_id = repeated_attempts.keen_id

),

counts as (

    select
        base_exam_id,
        question_id,
        count(distinct question_set_id) as question_sets,
        max(options_presented) as options,
        count(*) as presented,
        count(result) as scored,
        count_if(result != 'unanswered') as answered,
        count_if(result = 'correct') as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as missed_some,
        count_if(result = 'unanswered') as unanswered,
        count_if(result not in ('correct', 'incorrect', 'missed_some', 'unanswered')) as other,
        sum(deliveries) as presented_as_delivered,
        sum(if(result = 'correct', deliveries, 0)) as correct_as_delivered,
        sum(if(result = 'incorrect', deliveries, 0)) as incorrect_as_delivered,
        sum(if(result = 'missed_some', deliveries, 0)) as missed_some_as_delivered,
        sum(if(result = 'unanswered', deliveries, 0)) as unanswered_as_delivered
    from delivered_responses
    group by base_exam_id, question_id

),

final as (

    select
        counts.base_exam_id,
        counts.question_id,
        exams.exam_name,
        counts.question_sets,
        counts.options,

        counts.presented,
        counts.scored,
        counts.answered,
        counts.correct,
        counts.incorrect,
        counts.missed_some,
        counts.unanswered,
        counts.other,
        try_divide(cast(counts.correct as double), counts.scored) as correct_rate,
        {{ wilson_bound('counts.correct', 'counts.scored', 'low') }} as correct_rate_low,
        {{ wilson_bound('counts.correct', 'counts.scored', 'high') }} as correct_rate_high,
        try_divide(cast(counts.incorrect as double), counts.scored) as incorrect_rate,
        try_divide(cast(counts.missed_some as double), counts.scored) as missed_some_rate,
        try_divide(cast(counts.unanswered as double), counts.scored) as unanswered_rate,

        counts.presented_as_delivered,
        counts.correct_as_delivered,
        counts.incorrect_as_delivered,
        counts.missed_some_as_delivered,
        counts.unanswered_as_delivered
    from counts
    inner join exams on counts.base_exam_id = exams.base_exam_id

)

select * from final
