with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test

),

questions as (

    select
        exam_name,
        count(distinct question_id) as distinct_questions
    from {{ ref('question_sums') }}
    where population = 'all_attempts'
    group by exam_name

),

figures as (

    select
        exam_name,
        {{ count_few_distinct('base_exam_id') }} as exams,
        {{ exam_figures() }}
    from attempts
    group by exam_name

),

final as (

    select
        figures.*,
        coalesce(questions.distinct_questions, 0) as distinct_questions
    from figures
    left join questions on figures.exam_name = questions.exam_name

)

select * from final
