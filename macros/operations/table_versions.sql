{#-
    For each table and view `relation=version`. A version changes whenever anybody writes, replaces or drops the
    relation. Delta's log has a file for each commit; all logs are listed in one statement, because `describe history`
    would take one for each table.
-#}
{%- macro table_versions() -%}
    {%- set location = namespace(path=none) -%}
    {%- for row in run_query('describe database ' ~ target.schema) if row[0] == 'Location' -%}
        {%- set location.path = row[1] -%}
    {%- endfor -%}
    {%- set logs -%}
        select
            element_at(split(path, '/'), -3),
            max(concat_ws(' ', path, modificationTime, length))
        from binaryFile.`{{ location.path }}/*/_delta_log/*.json`
        group by element_at(split(path, '/'), -3)
    {%- endset -%}
    {%- for row in run_query(logs) -%}
        {%- do log(row[0] ~ '=' ~ row[1], info=true) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.config.materialized == 'view' -%}
        {%- set view = load_relation(api.Relation.create(schema=node.schema, identifier=node.alias)) -%}
        {%- if view -%}
            {%- do log(node.alias ~ '=' ~ local_md5(run_query('show create table ' ~ view)[0][0]), info=true) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro -%}
