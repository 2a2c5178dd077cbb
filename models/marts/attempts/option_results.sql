with choices as (

    select * from {{ ref('fct_option_choices') }}
    where is_first_presentation and not is_test

),

exams as (

    select * from {{ ref('dim_exams') }}

),

-- Few attempts are delivered more than once, so that the join is with a small table.
repeated_attempts as (

    select
        keen_id,
        deliveries
    from {{ ref('fct_attempts') }}
    where deliveries > 1

),

delivered_choices as (

    select
        choices.*,
        coalesce(repeated_attempts.deliveries, 1) as deliveries
    from choices
    left join repeated_attempts on choices.keen_id = repeated_attempts.keen_id

),

counts as (

    select
        base_exam_id,
        question_id,
        option_id,
        if(min(is_correct) = max(is_correct), min(is_correct), null) as is_correct,
        count(*) as presented,
        count_if(is_chosen) as chosen,
        sum(deliveries) as presented_as_delivered,
        sum(if(is_chosen, deliveries, 0)) as chosen_as_delivered
    from delivered_choices
    group by base_exam_id, question_id, option_id

),

final as (

    select
        counts.base_exam_id,
        counts.question_id,
        counts.option_id,
        exams.exam_name,
        counts.is_correct,
        counts.presented,
        counts.chosen,
        cast(counts.chosen as double) / counts.presented as chosen_rate,
        counts.presented_as_delivered,
        counts.chosen_as_delivered
    from counts
    inner join exams on counts.base_exam_id = exams.base_exam_id

)

select * from final
