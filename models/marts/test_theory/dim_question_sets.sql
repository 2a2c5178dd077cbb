with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test and question_set_id is not null

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

numbered as (

    select
        question_sets.*,
        exams.exam_name,
        row_number() over (
            partition by question_sets.base_exam_id
            order by question_sets.first_attempt_at, question_sets.question_set_id
        ) as question_set_number,
        -- Several exams may share a name, so the version numbers count all question sets of the name.
        row_number() over (
            partition by exams.exam_name
            order by question_sets.first_attempt_at, question_sets.base_exam_id, question_sets.question_set_id
        ) as version_number,
        count(*) over (partition by exams.exam_name) as versions
    from question_sets
    inner join exams on question_sets.base_exam_id = exams.base_exam_id

),

final as (

    select
        base_exam_id,
        question_set_id,
        exam_name,
        cast(question_set_number as int) as question_set_number,
        if(versions = 1, exam_name, concat(exam_name, ' · version ', version_number)) as exam_label,
        attempts,
        first_attempt_at,
        last_attempt_at
    from numbered

)

select * from final
