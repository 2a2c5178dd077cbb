with final as (

    select
        limit_name,
        cast(value as double) as value,
        meaning,
        source
    from
        values
        (
            'min_attempts', {{ var('min_attempts') }},
            'A question, an option or an exam with fewer scored attempts is not judged: chance decides.',
            'A rule of thumb.'
        ),
        (
            'max_difficulty', {{ var('max_difficulty') }},
            'A question is too easy if a greater share of the attempts answers correctly.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'min_difficulty', {{ var('min_difficulty') }},
            'A question is too hard if a smaller share of the attempts answers correctly.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'min_discrimination', {{ var('min_discrimination') }},
            'A question does not separate strong from weak learners if its discrimination is smaller.',
            'Ebel & Frisbie, Essentials of Educational Measurement (1991), ch. 13.'
        ),
        (
            'min_distractor_share', {{ var('min_distractor_share') }},
            'A wrong option distracts hardly anybody if a smaller share of the attempts chooses the option.',
            'Haladyna & Downing, How many options is enough for a multiple-choice test item? (1993).'
        ),
        (
            'min_kr20', {{ var('min_kr20') }},
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
            'max_chance_share', {{ var('max_chance_share') }},
            'Retakes are not inferred at an exam if chance may explain a greater share of its links.',
            'A rule of thumb.'
        )
            as limits (limit_name, value, meaning, source)

)

select * from final
