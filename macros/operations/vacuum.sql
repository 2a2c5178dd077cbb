{#-
    Without it HDFS would grow with every build. Files that were replaced less than a week ago stay, because a reader
    that started before may need them. (Delta uses the retention of the table, delta.deletedFileRetentionDuration, and
    ignores any other.)
-#}
{%- macro vacuum() -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.materialized in ('table', 'incremental') -%}
        {%- set relation = load_relation(api.Relation.create(schema=node.schema, identifier=node.alias)) -%}
        {%- if relation is not none -%}
            {%- do log('vacuum ' ~ relation, info=true) -%}
            {%- do run_query('vacuum ' ~ relation) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro -%}
