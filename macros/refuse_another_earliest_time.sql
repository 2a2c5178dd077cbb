{#-
    Stops a build whose variable earliest_time is not the one that staging judged its messages with: they would keep
    their disposition.
-#}
{%- macro refuse_another_earliest_time() -%}
    {%- if execute and is_incremental() -%}
        {%- set earliest = var('earliest_time') -%}
        {%- set stale = run_query(
            'select coalesce(rejection_reason, concat(keen_id, " is accepted")) from ' ~ this
            ~ ' where (rejection_reason rlike "_(at|timestamp) is before " and rejection_reason not like "% is before '
            ~ earliest ~ ':%") or (rejection_reason is null and least(started_at, finished_at) < timestamp"'
            ~ earliest ~ '") limit 1'
        ) -%}
        {%- for row in stale -%}
            {%- do exceptions.raise_compiler_error(
                'the variable earliest_time is ' ~ earliest ~ ', but ' ~ this ~ ' was built with another one (see "'
                ~ row[0] ~ '"). Run dbt with --full-refresh, or set the variable back'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
