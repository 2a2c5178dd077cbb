with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test

),

exams as (

    select * from {{ ref('dim_exams') }}

),

questions as (

    select
        base_exam_id,
        count(*) as distinct_questions
    from {{ ref('question_results') }}
    group by base_exam_id

),

figures as (

    select
        base_exam_id,
        {{ exam_figures() }}
    from attempts
    group by base_exam_id

),

final as (

    select
        figures.*,
        exams.exam_name,
        coalesce(questions.distinct_questions, 0) as distinct_questions
    from figures
    inner join exams on figures.base_exam_id = exams.base_exam_id
    left join questions on figures.base_exam_id = questions.base_exam_id

)

select * from final
