with exams as (

    select * from {{ ref('dim_exams') }}

),

counts as (

    select
        base_exam_id,
        question_id,
        option_id,
        if(min(always_correct) = max(ever_correct), min(always_correct), null) as is_correct,
        sum(presented) as presented,
        sum(chosen) as chosen,
        sum(presented_as_delivered) as presented_as_delivered,
        sum(chosen_as_delivered) as chosen_as_delivered
    from {{ ref('option_sums') }}
    where population = 'all_attempts'
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
        counts.chosen / counts.presented as chosen_rate,
        counts.presented_as_delivered,
        counts.chosen_as_delivered
    from counts
    inner join exams on counts.base_exam_id = exams.base_exam_id

)

select * from final
