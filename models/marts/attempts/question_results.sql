with exams as (

    select * from {{ ref('dim_exams') }}

),

counts as (

    select
        base_exam_id,
        question_id,
        count(distinct question_set_id) as question_sets,
        max(options) as options,
        sum(presented) as presented,
        sum(correct + incorrect + missed_some + unanswered + other) as scored,
        sum(correct + incorrect + missed_some + other) as answered,
        sum(correct) as correct,
        sum(incorrect) as incorrect,
        sum(missed_some) as missed_some,
        sum(unanswered) as unanswered,
        sum(other) as other,
        sum(presented_as_delivered) as presented_as_delivered,
        sum(correct_as_delivered) as correct_as_delivered,
        sum(incorrect_as_delivered) as incorrect_as_delivered,
        sum(missed_some_as_delivered) as missed_some_as_delivered,
        sum(unanswered_as_delivered) as unanswered_as_delivered
    from {{ ref('question_sums') }}
    where population = 'all_attempts'
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
        try_divide(counts.correct, counts.scored) as correct_rate,
        {{ wilson_bound('counts.correct', 'counts.scored', 'low') }} as correct_rate_low,
        {{ wilson_bound('counts.correct', 'counts.scored', 'high') }} as correct_rate_high,
        try_divide(counts.incorrect, counts.scored) as incorrect_rate,
        try_divide(counts.missed_some, counts.scored) as missed_some_rate,
        try_divide(counts.unanswered, counts.scored) as unanswered_rate,

        counts.presented_as_delivered,
        counts.correct_as_delivered,
        counts.incorrect_as_delivered,
        counts.missed_some_as_delivered,
        counts.unanswered_as_delivered
    from counts
    inner join exams on counts.base_exam_id = exams.base_exam_id

)

select * from final
