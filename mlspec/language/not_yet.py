"""Keys of the language's design that this version does not build. They are refused by name: a key
that is accepted and does nothing is a lie."""

_SOURCES = (
    "S3Source", "GcsSource", "AzureBlobSource", "HdfsSource", "HttpSource", "GitSource",
    "FileSource", "PostgresSource", "MysqlSource", "RedshiftSource", "SnowflakeSource",
    "BigQuerySource", "JdbcSource", "MongodbSource", "KafkaSource", "KinesisSource",
    "PubsubSource", "DvcSource", "FeastSource",
)  # fmt: skip

NOT_YET: dict[str, tuple[str, ...]] = {
    "Project": ("features", "governance", "workspaces"),
    "Image": ("build", "scan", "sign"),
    "Transform": ("engine", "checks"),
    "Training": ("tuning", "distributed"),
    "Pipeline": ("triggers",),
    "Service": ("graph", "explain", "log", "batch"),
    "Expose": ("auth",),
    "Monitoring": ("drift", "retrain"),
    **dict.fromkeys(_SOURCES, ("classification",)),
}
"""Model → its keys that are planned."""
