{#-
    Deletes the files of replaced versions of every table in the target schema, so that HDFS does not grow with every
    build. A reader that started longer ago than the retention loses its files.

    retention_hours: how long replaced versions are kept; default: the var vacuum_retention_hours, a week.

    Usage:
        dbt run-operation vacuum
        dbt run-operation vacuum --args 'retention_hours: 24'
-#}
{%- macro vacuum(retention_hours=var('vacuum_retention_hours')) -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.materialized in ('table', 'incremental') -%}
        {%- set relation = load_relation(api.Relation.create(schema=node.schema, identifier=node.alias)) -%}
        {%- if relation is not none -%}
            {%- do log('vacuum ' ~ relation ~ ', versions older than ' ~ retention_hours ~ ' hours', info=true) -%}
            {%- do run_query('vacuum ' ~ relation ~ ' retain ' ~ retention_hours ~ ' hours') -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro -%}
