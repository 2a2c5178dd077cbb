{#- To add a dataset, add its rows. -#}
{%- macro expected_answers(dataset) -%}
    {%- set topic = env_var('KAFKA_TOPIC', '') or 'assess' %}
    {%- set datasets = {
        'reference': [
            (1, '3280', '3242'),
            (2, '3222', '3242'),
            (3, '20 ids, in 58 rows', 'nobody by id'),
            (4, topic, topic),
            (5, '390 ids (394 rows)', '390 ids (390 attempts)'),
            (
                6,
                'once each: Learning to Visualize Data with D3.js; Native Web Apps for Android; Nulls, Three-valued Logic and Missing Information; Operating Red Hat Enterprise Linux Servers. Most: Learning Git',
                'once each: Learning to Visualize Data with D3.js; Native Web Apps for Android; Nulls, Three-valued Logic and Missing Information; Operating Red Hat Enterprise Linux Servers. Most: Learning Git',
            ),
            (7, '5 rows, example-id', '5'),
            (8, '14, 224 rows', '14, 222'),
        ],
        'sample': [
            (1, '1000', '988'),
            (2, '980', '988'),
            (3, '8 ids, in 20 rows', 'nobody by id'),
            (4, topic, topic),
            (5, '0 ids (0 rows)', '0 ids (0 attempts)'),
            (
                6,
                'once each: Beekeeping, Step by Step; Introduction to Drystone Walling; Introduction to Hot-Air Ballooning; The Theory of First Aid. Most: Clock Repair & Safety',
                'once each: Beekeeping, Step by Step; Introduction to Drystone Walling; Introduction to Hot-Air Ballooning; The Theory of First Aid. Most: Clock Repair & Safety',
            ),
            (7, '2 rows, example-id', '2'),
            (8, '16, 120 rows', '16, 119'),
        ],
    } -%}
    {%- if dataset not in datasets -%}
        {%- do exceptions.raise_compiler_error(
            "No answers are expected for the dataset '" ~ dataset ~ "'. Known: " ~ (datasets | join(', '))
            ~ ". Add its rows to macros/expected_answers.sql."
        ) -%}
    {%- endif -%}
    {%- do return(datasets[dataset]) -%}
{%- endmacro -%}
