exams as (

    -- A number distinguishes the question sets of an exam, and exams that share a name.
    select
        base_exam_id,
        question_set_id,
        concat(
            exam_name,
            if(count(*) over (partition by exam_name) = 1, '', concat(
                ' · version ',
                row_number() over (
                    partition by exam_name order by first_attempt_at, base_exam_id, question_set_id
                )
            ))
        ) as exam
    from {{ schema }}.exam_reliability

)
