with final as (

    select
        limit_name,
        cast(value as double) as value,
        meaning,
        source
    from
        values
        (
            'enough_attempts', {{ var('enough_attempts') }},
            'A question, an option or an exam with fewer scored attempts is not judged: chance decides.',
            'A rule of thumb.'
        ),
        (
            'too_easy', {{ var('too_easy') }},
            'A question is too easy if a greater share of the attempts answers correctly.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'too_hard', {{ var('too_hard') }},
            'A question is too hard if a smaller share of the attempts answers correctly.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'separates', {{ var('separates') }},
            'A question does not separate strong from weak learners if its discrimination is smaller.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'idle', {{ var('idle') }},
            'A wrong option distracts hardly anybody if a smaller share of the attempts chooses the option.',
            'Haladyna & Downing, How many options is enough for a multiple-choice test item? (1993).'
        ),
        (
            'reliable', {{ var('reliable') }},
            'An exam is less reliable if its KR-20 is smaller; otherwise its scores can compare groups of learners.',
            'Nunnally, Psychometric Theory (1978), ch. 7.'
        ),
        (
            'low_score', {{ var('low_score') }},
            'A score is low if the share of correct answers is smaller.',
            'A common pass mark.'
        ),
        (
            'retake_window_seconds', {{ var('retake_window_seconds') }},
            'An attempt follows another one only if not more seconds lie between them.',
            'A choice of this project: a longer window adds few links, and chance explains more of them.'
        ),
        (
            'most_chance_links', {{ var('most_chance_links') }},
            'Retakes are not inferred at an exam if chance may explain a greater share of its links.',
            'A rule of thumb.'
        )
            as limits (limit_name, value, meaning, source)

)

select * from final
