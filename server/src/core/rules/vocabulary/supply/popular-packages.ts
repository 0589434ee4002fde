/** Where a manifest's packages come from. */
export type Ecosystem = 'npm' | 'python' | 'cargo' | 'go' | 'maven';

function names(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/**
 * Packages whose names are worth imitating: among the most downloaded of their registry, by the registries' own counts. Go
 * has no registry; what counts there is who owns the path.
 */
const POPULAR: Readonly<Record<Ecosystem, ReadonlySet<string>>> = {
  npm: names(`
    react react-dom react-router react-router-dom react-redux react-query react-hook-form react-native react-is react-icons react-i18next
    react-markdown react-select react-toastify react-dropzone react-helmet react-window react-virtualized react-datepicker react-table
    preact solid-js svelte vue vue-router vuex pinia next nuxt gatsby remix astro angular jquery redux redux-thunk redux-saga reselect
    zustand jotai recoil mobx mobx-react rxjs immer immutable swr lodash lodash-es underscore ramda radash remeda express express-session
    express-rate-limit express-validator express-async-errors express-jwt fastify koa koa-router koa-bodyparser hapi restify hono polka
    connect body-parser cookie-parser cookie cookie-session multer morgan compression helmet cors csurf passport passport-jwt
    passport-local passport-google-oauth20 jsonwebtoken jose jwks-rsa bcrypt bcryptjs argon2 scrypt-js crypto-js uuid nanoid ulid cuid
    shortid axios node-fetch cross-fetch isomorphic-fetch undici got ky superagent request needle ofetch axios-retry http-proxy
    http-proxy-middleware ws socket.io socket.io-client mqtt amqplib kafkajs bullmq bull bee-queue agenda node-cron cron node-schedule
    croner p-queue p-limit p-retry p-map p-all async async-retry bluebird q retry bottleneck opossum redis ioredis memcached lru-cache
    node-cache keyv pg pg-pool pg-promise postgres mysql mysql2 mariadb sqlite3 better-sqlite3 mongodb mongoose sequelize typeorm
    prisma knex objection bookshelf drizzle-orm drizzle-kit kysely slonik mikro-orm umzug db-migrate elasticsearch meilisearch
    algoliasearch neo4j-driver cassandra-driver couchbase dotenv dotenv-expand dotenv-cli env-var envalid convict config cosmiconfig rc
    yargs yargs-parser commander minimist meow cac oclif inquirer prompts enquirer ora chalk kleur picocolors ansi-colors colors
    colorette figlet boxen cli-table3 listr listr2 debug winston pino pino-pretty pino-http bunyan log4js loglevel signale consola
    zod yup joi ajv ajv-formats ajv-keywords superstruct io-ts class-validator class-transformer valibot validator typebox fp-ts
    effect ts-pattern moment moment-timezone dayjs date-fns date-fns-tz luxon ms humanize-duration chrono-node big.js bignumber.js
    decimal.js mathjs numeral currency.js dinero.js accounting semver glob fast-glob globby minimatch micromatch picomatch rimraf
    fs-extra mkdirp del cpy chokidar graceful-fs tmp temp execa shelljs cross-spawn cross-env concurrently npm-run-all nodemon
    ts-node ts-node-dev tsx esbuild rollup vite webpack webpack-cli webpack-dev-server parcel turbo nx lerna tsup unbuild swc babel
    babel-core babel-loader babel-jest ts-loader ts-jest css-loader style-loader sass-loader sass less stylus postcss postcss-loader
    autoprefixer tailwindcss styled-components emotion classnames clsx tailwind-merge class-variance-authority bootstrap bulma antd
    typescript tslib type-fest ts-morph typescript-eslint eslint prettier stylelint husky lint-staged commitlint commitizen
    semantic-release standard-version release-it conventional-changelog changelogen eslint-config-prettier eslint-config-airbnb
    eslint-plugin-import eslint-plugin-react eslint-plugin-react-hooks eslint-plugin-jsx-a11y eslint-plugin-prettier
    eslint-plugin-jest eslint-plugin-unicorn eslint-plugin-node eslint-plugin-n eslint-plugin-promise eslint-plugin-vue
    eslint-plugin-security eslint-plugin-simple-import-sort eslint-plugin-storybook prettier-plugin-tailwindcss globals
    jest jest-environment-jsdom vitest mocha chai sinon ava tap tape jasmine karma cypress playwright puppeteer puppeteer-core nyc c8
    supertest nock msw faker happy-dom jsdom fast-check testcontainers mongodb-memory-server cheerio parse5 htmlparser2 sanitize-html
    dompurify isomorphic-dompurify marked markdown-it remark rehype unified gray-matter highlight.js prismjs shiki handlebars mustache
    ejs pug nunjucks eta xml2js fast-xml-parser xmlbuilder yaml js-yaml toml ini json5 jsonc-parser csv csv-parse csv-parser
    csv-stringify fast-csv papaparse exceljs xlsx pdf-lib pdfkit pdfjs-dist puppeteer-extra sharp jimp canvas qrcode archiver adm-zip
    jszip tar unzipper busboy formidable form-data mime mime-types file-type nodemailer mailgun.js resend postmark twilio stripe
    braintree aws-sdk firebase firebase-admin googleapis google-auth-library openai langchain ai graphql graphql-tag graphql-request
    graphql-yoga apollo-server apollo-server-express urql type-graphql nexus dataloader protobufjs grpc long newrelic dd-trace
    prom-client statsd hot-shots opentelemetry launchdarkly-node-server-sdk unleash-client posthog-js mixpanel segment chart.js
    react-chartjs-2 magic-string colord acorn estree-walker recast jscodeshift d3 recharts echarts plotly.js highcharts victory three leaflet mapbox-gl framer-motion gsap lottie-web swiper
    embla-carousel formik final-form i18next next-intl next-auth next-themes lucide-react sonner cmdk vaul date-and-time
    electron electron-builder expo ts-jest tsconfig-paths module-alias source-map-support source-map reflect-metadata inversify
    tsyringe awilix eventemitter3 mitt nanoevents event-stream through2 readable-stream split2 pump bl safe-buffer buffer process
    qs query-string url-join path-to-regexp ip ipaddr.js http-errors http-status-codes statuses etag fresh accepts vary on-finished
    deepmerge fast-deep-equal lodash.merge lodash.debounce object-assign rfdc klona dequal fast-json-stable-stringify flat
    serialize-javascript superjson devalue string-width strip-ansi slugify pluralize change-case camelcase he entities iconv-lite
    unique-names-generator wrangler miniflare vercel netlify-cli serverless serverless-offline aws-cdk aws-cdk-lib constructs sst
    piscina workerpool comlink open ioredis-mock mockdate patch-package only-allow madge depcheck knip size-limit storybook
  `),
  python: names(`
    requests urllib3 httpx aiohttp httpcore h11 h2 websockets websocket-client certifi idna charset-normalizer chardet boto3 botocore
    s3transfer aiobotocore awscli numpy pandas scipy polars pyarrow scikit-learn matplotlib seaborn plotly bokeh altair statsmodels
    sympy networkx numba cython xgboost lightgbm catboost torch torchvision torchaudio tensorflow keras jax transformers datasets
    tokenizers accelerate huggingface-hub sentence-transformers openai anthropic langchain langchain-core langchain-community tiktoken
    llama-index nltk spacy gensim opencv-python opencv-python-headless pillow scikit-image imageio django djangorestframework
    django-filter django-cors-headers django-environ django-extensions django-debug-toolbar django-redis django-storages
    django-allauth django-celery-beat django-celery-results django-crispy-forms django-import-export django-simple-history
    django-ratelimit django-csp django-axes django-guardian django-oauth-toolkit django-health-check django-silk django-stubs
    djangorestframework-simplejwt drf-spectacular drf-yasg channels daphne whitenoise flask flask-cors flask-login flask-sqlalchemy
    flask-migrate flask-wtf flask-jwt-extended flask-limiter flask-restful flask-caching flask-talisman flask-mail werkzeug jinja2
    markupsafe itsdangerous click typer rich fastapi starlette uvicorn gunicorn hypercorn uvloop httptools pydantic pydantic-settings
    pydantic-core python-multipart orjson ujson simplejson msgpack sqlalchemy alembic psycopg psycopg2 psycopg2-binary asyncpg
    pg8000 pymysql mysqlclient mysql-connector-python aiomysql aiosqlite pymongo motor mongoengine beanie redis hiredis aioredis
    elasticsearch opensearch-py cassandra-driver neo4j peewee tortoise-orm sqlmodel databases duckdb clickhouse-driver
    clickhouse-connect snowflake-connector-python snowflake-sqlalchemy google-cloud-storage google-cloud-bigquery google-cloud-pubsub
    google-cloud-secret-manager google-cloud-logging google-api-python-client google-auth google-auth-oauthlib google-api-core
    grpcio grpcio-tools protobuf azure-identity azure-storage-blob azure-core azure-keyvault-secrets celery kombu billiard amqp pika
    aio-pika kafka-python confluent-kafka aiokafka rq dramatiq huey apscheduler schedule arq flower luigi prefect dagster
    apache-airflow dbt-core pyspark dask distributed ray great-expectations pytest pytest-cov pytest-asyncio pytest-mock pytest-xdist
    pytest-django pytest-timeout pytest-randomly pytest-env pytest-benchmark pytest-httpx coverage tox nox hypothesis factory-boy
    faker freezegun time-machine responses respx requests-mock vcrpy moto testcontainers locust selenium playwright mock mypy
    pyright ruff black isort flake8 pylint bandit pre-commit autoflake pyupgrade safety pip-audit types-requests types-pyyaml
    types-redis types-python-dateutil typing-extensions mypy-extensions setuptools wheel pip build twine hatchling poetry-core flit
    pip-tools virtualenv pipenv poetry uv pdm hatch pyyaml ruamel-yaml toml tomli tomlkit tomli-w python-dotenv environs dynaconf
    python-decouple attrs cattrs marshmallow jsonschema cerberus voluptuous python-dateutil pytz tzdata tzlocal pendulum arrow
    dateparser babel humanize croniter holidays cryptography pycryptodome pynacl bcrypt passlib argon2-cffi pyjwt python-jose authlib
    oauthlib requests-oauthlib itsdangerous pyopenssl paramiko fabric invoke ansible ansible-core jmespath docker kubernetes openshift
    pulumi troposphere aws-cdk-lib structlog loguru python-json-logger sentry-sdk opentelemetry-api opentelemetry-sdk
    opentelemetry-instrumentation prometheus-client ddtrace newrelic statsd datadog psutil tenacity backoff retrying retry cachetools
    diskcache joblib more-itertools toolz boltons sortedcontainers deepdiff tabulate tqdm colorama termcolor blessed prompt-toolkit
    questionary pyperclip beautifulsoup4 bs4 lxml html5lib scrapy parsel feedparser readability-lxml markdown mistune bleach
    pygments docutils sphinx mkdocs mkdocs-material openpyxl xlsxwriter xlrd pypdf pypdf2 pdfplumber reportlab weasyprint python-docx
    python-pptx qrcode phonenumbers email-validator python-slugify unidecode rapidfuzz thefuzz levenshtein regex pyparsing lark
    ply stripe braintree twilio sendgrid slack-sdk slack-bolt discord-py python-telegram-bot tweepy pygithub gitpython python-gitlab
    jira shapely geopandas pyproj fiona rasterio folium geopy streamlit gradio dash panel jupyter jupyterlab notebook ipython
    ipykernel ipywidgets nbconvert watchdog watchfiles filelock portalocker platformdirs appdirs packaging six future wrapt decorator
    greenlet gevent eventlet anyio trio sniffio nest-asyncio multidict yarl frozenlist aiofiles aiosignal async-timeout zipp
    importlib-metadata importlib-resources pluggy iniconfig exceptiongroup distlib smart-open fsspec s3fs gcsfs pyftpdlib
    strawberry-graphql graphene graphene-django ariadne gql zeep suds xmltodict defusedxml dnspython netaddr ipaddress scapy pexpect
    ptyprocess sh plumbum pywin32 pyinstaller mlflow wandb optuna evaluate peft bitsandbytes onnx onnxruntime shap imbalanced-learn
  `),
  cargo: names(`
    serde serde_json serde_yaml serde_derive serde_with toml tokio tokio-util tokio-stream tokio-rustls futures futures-util async-trait
    async-std smol rayon crossbeam crossbeam-channel parking_lot once_cell lazy_static arc-swap dashmap hashbrown indexmap ahash anyhow
    thiserror eyre color-eyre log env_logger tracing tracing-subscriber tracing-opentelemetry opentelemetry metrics prometheus clap
    structopt argh pico-args dialoguer indicatif console colored termcolor crossterm ratatui reqwest hyper hyper-util ureq surf isahc
    http http-body tower tower-http axum actix-web actix rocket warp tide poem tonic prost prost-build protobuf quinn rustls
    rustls-pemfile native-tls openssl webpki ring sha2 sha1 md5 blake3 hmac aes aes-gcm chacha20poly1305 rsa ed25519-dalek x25519-dalek
    argon2 bcrypt scrypt pbkdf2 jsonwebtoken rand rand_core rand_chacha getrandom fastrand uuid ulid nanoid chrono time humantime
    chrono-tz jiff regex regex-automata aho-corasick memchr bstr unicode-segmentation itertools either smallvec arrayvec bytes bytemuck
    byteorder bitflags num num-traits num-bigint num-derive rust_decimal bigdecimal ordered-float ndarray nalgebra sqlx diesel sea-orm
    rusqlite tokio-postgres postgres deadpool deadpool-postgres r2d2 bb8 redis mongodb rocksdb sled heed lmdb elasticsearch rdkafka
    lapin aws-config aws-sdk-s3 aws-sdk-dynamodb rusoto_core rusoto_s3 google-cloud-storage azure_core object_store url percent-encoding
    urlencoding mime mime_guess base64 hex data-encoding flate2 zstd brotli lz4 snap tar zip walkdir glob globset ignore tempfile dirs
    directories which notify fs_extra fs2 memmap2 nix libc winapi windows windows-sys cfg-if config figment dotenvy dotenv envy
    derive_more derive_builder strum strum_macros paste proc-macro2 quote syn darling trybuild bindgen cc cmake pkg-config cxx pyo3
    napi wasm-bindgen js-sys web-sys wasm-bindgen-futures yew leptos dioxus tauri egui eframe bevy wgpu winit image imageproc resvg
    criterion proptest quickcheck mockall wiremock rstest insta assert_cmd predicates pretty_assertions test-case serial_test
    semver version_check backoff backon governor moka cached lru bincode postcard rmp-serde ciborium csv quick-xml roxmltree scraper
    select html5ever markdown pulldown-cmark handlebars tera askama minijinja nom pest winnow logos lalrpop chumsky petgraph
    slab generational-arena typed-arena static_assertions scopeguard pin-project pin-project-lite socket2 mio trust-dns-resolver
    hickory-resolver lettre validator garde secrecy zeroize subtle sentry git2 gix octocrab kube k8s-openapi bollard shlex sysinfo
  `),
  go: names('github.com/gorilla/mux github.com/pkg/errors github.com/lib/pq github.com/joho/godotenv github.com/golang-jwt/jwt'),
  maven: names(`
    org.springframework:spring-core org.springframework:spring-context org.springframework:spring-web org.springframework:spring-webmvc
    org.springframework.boot:spring-boot-starter org.springframework.boot:spring-boot-starter-web
    org.springframework.boot:spring-boot-starter-test org.springframework.boot:spring-boot-starter-data-jpa
    org.springframework.boot:spring-boot-starter-security org.springframework.boot:spring-boot-starter-actuator
    org.springframework.boot:spring-boot-starter-validation org.springframework.security:spring-security-core
    org.springframework.kafka:spring-kafka com.fasterxml.jackson.core:jackson-core com.fasterxml.jackson.core:jackson-databind
    com.fasterxml.jackson.core:jackson-annotations com.fasterxml.jackson.datatype:jackson-datatype-jsr310 com.google.code.gson:gson
    com.google.guava:guava com.google.inject:guice com.google.protobuf:protobuf-java com.google.code.findbugs:jsr305
    org.apache.commons:commons-lang3 org.apache.commons:commons-collections4 org.apache.commons:commons-text
    org.apache.commons:commons-csv org.apache.commons:commons-compress org.apache.commons:commons-pool2 commons-io:commons-io
    commons-codec:commons-codec commons-logging:commons-logging org.apache.httpcomponents:httpclient
    org.apache.httpcomponents.client5:httpclient5 org.apache.kafka:kafka-clients org.apache.poi:poi org.apache.poi:poi-ooxml
    org.apache.logging.log4j:log4j-core org.apache.logging.log4j:log4j-api org.slf4j:slf4j-api org.slf4j:slf4j-simple
    ch.qos.logback:logback-classic ch.qos.logback:logback-core org.projectlombok:lombok org.mapstruct:mapstruct
    org.hibernate.orm:hibernate-core org.hibernate.validator:hibernate-validator org.postgresql:postgresql
    com.mysql:mysql-connector-j com.h2database:h2 com.zaxxer:HikariCP org.flywaydb:flyway-core org.liquibase:liquibase-core
    redis.clients:jedis io.lettuce:lettuce-core org.mongodb:mongodb-driver-sync com.squareup.okhttp3:okhttp
    com.squareup.retrofit2:retrofit io.netty:netty-all io.grpc:grpc-netty-shaded io.grpc:grpc-stub io.micrometer:micrometer-core
    io.projectreactor:reactor-core io.reactivex.rxjava3:rxjava io.jsonwebtoken:jjwt-api com.auth0:java-jwt
    org.junit.jupiter:junit-jupiter org.junit.jupiter:junit-jupiter-api junit:junit org.mockito:mockito-core
    org.mockito:mockito-junit-jupiter org.assertj:assertj-core org.hamcrest:hamcrest org.testcontainers:testcontainers
    org.testcontainers:postgresql org.jetbrains.kotlin:kotlin-stdlib org.jetbrains.kotlinx:kotlinx-coroutines-core
    io.opentelemetry:opentelemetry-api software.amazon.awssdk:s3 org.quartz-scheduler:quartz org.yaml:snakeyaml
  `),
};

/** Owners of Go modules and of npm scopes that nobody had to invent. */
const GO_OWNERS =
  /^(golang\.org\/x|google\.golang\.org|cloud\.google\.com|k8s\.io|sigs\.k8s\.io|go\.uber\.org|gorm\.io|gopkg\.in|go\.opentelemetry\.io|go\.mongodb\.org|go\.etcd\.io|helm\.sh|istio\.io|knative\.dev|entgo\.io|gocloud\.dev|gonum\.org|modernc\.org|connectrpc\.com|dario\.cat|filippo\.io|github\.com\/(stretchr|spf13|gorilla|gin-gonic|labstack|gofiber|go-chi|sirupsen|rs|uber-go|google|googleapis|golang|grpc|grpc-ecosystem|aws|Azure|hashicorp|prometheus|redis|go-redis|gomodule|jackc|lib|mattn|go-sql-driver|jmoiron|golang-migrate|pressly|sqlc-dev|nats-io|segmentio|IBM|Shopify|confluentinc|twmb|rabbitmq|streadway|elastic|olivere|opensearch-project|mongodb|etcd-io|dgraph-io|cockroachdb|vektra|uber|onsi|testcontainers|ory|coreos|dexidp|lestrrat-go|golang-jwt|dgrijalva|casbin|go-playground|asaskevich|google\/uuid|gofrs|satori|rs|oklog|joho|kelseyhightower|caarlos0|ilyakaznacheev|urfave|alecthomas|charmbracelet|fatih|briandowns|pkg|cenkalti|avast|sony|patrickmn|allegro|bluele|hibiken|robfig|go-co-op|shopspring|ericlagergren|samber|thoas|fsnotify|fsouza|docker|moby|containerd|opencontainers|kubernetes|argoproj|fluxcd|open-telemetry|open-policy-agent|getsentry|DataDog|newrelic|stripe|slack-go|sendgrid|twilio|minio|klauspost|pierrec|golang\/protobuf|gogo|bufbuild|cloudflare|caddyserver|miekg|quic-go|gobwas|nhooyr|coder|goccy|json-iterator|tidwall|BurntSushi|pelletier|yuin|russross|microcosm-cc|jung-kurt|xuri|qax-os|disintegration|nfnt|rivo|jedib0t|olekukonko|manifoldco|AlecAivazis|evanphx|imdario|mitchellh|davecgh|pmezard|kr|rogpeppe|google\/go-cmp|DATA-DOG|jarcoal|h2non|gavv|go-resty|hasura|99designs|graph-gophers|vmihailenco|uptrace|volatiletech|go-gorm|ent|upper|doug-martin|Masterminds|huandu|xo|oapi-codegen|deepmap|getkin|swaggo|go-swagger|go-openapi|invopop)(\/|$))/;
const NPM_SCOPES =
  /^@(types|babel|typescript-eslint|aws-sdk|testing-library|opentelemetry|angular|nestjs|vitejs|vitest|eslint|octokit|tanstack|radix-ui|mui|emotion|reduxjs|prisma|sentry|storybook|fastify|apollo|azure|google-cloud|grpc|headlessui|heroicons|hookform|hono|jest|langchain|mikro-orm|next|next-auth|nuxt|playwright|sveltejs|swc|tailwindcss|trpc|upstash|vercel|vue|commitlint|changesets|semantic-release|rollup|biomejs|clerk|auth0|stripe|slack|sendgrid|datadog|elastic|supabase|planetscale|neondatabase|cloudflare|aws-cdk|aws-lambda-powertools|pulumi|smithy|bull-board|keyv|floating-ui|dnd-kit|tiptap|codemirror|lexical|mdx-js|faker-js|ngrx|ionic|expo|react-native|react-navigation|electron|tauri-apps|graphql-tools|graphql-codegen|urql|sinclair|anthropic-ai|ai-sdk|modelcontextprotocol|microsoft|fortawesome|fontsource|iconify|formatjs|lingui|lit|parcel|pnpm|yarnpkg|npmcli|nx|nrwl|remix-run|shopify|shikijs|tsconfig|unocss|vueuse|xstate|zag-js)\//;

/** Groups of Maven whose owner the central repository has checked, and that hold many packages. */
const MAVEN_GROUPS =
  /^(org\.(springframework|apache|junit|mockito|hibernate|jetbrains|eclipse|slf4j|postgresql|testcontainers|mongodb|wiremock|flywaydb|projectlombok|glassfish|jboss|keycloak|bouncycastle)|com\.(fasterxml|google|amazonaws|azure|squareup|zaxxer|oracle|microsoft|github\.ben-manes)|io\.(micrometer|netty|grpc|opentelemetry|projectreactor|quarkus|micronaut|ktor|kotest|swagger|vertx|jsonwebtoken|github\.resilience4j)|jakarta|javax|software\.amazon|androidx|ch\.qos\.logback|plugin)(\.|:)/;

/** True for a package that nobody had to invent. */
export function isPopular(name: string, ecosystem: Ecosystem = 'npm'): boolean {
  if (ecosystem === 'go') return GO_OWNERS.test(name) || POPULAR.go.has(name);
  return (
    POPULAR[ecosystem].has(name) ||
    (ecosystem === 'npm' && NPM_SCOPES.test(name)) ||
    (ecosystem === 'maven' && MAVEN_GROUPS.test(name)) ||
    (ecosystem === 'python' &&
      /^(types|google-cloud|azure|opentelemetry|aws-cdk|apache-airflow-providers|mypy-boto3|llama-index|langchain)-/.test(name))
  );
}

/** The popular package that a name is one slip away from; undefined for a popular package itself and for short names. */
export function nearPopular(name: string, ecosystem: Ecosystem = 'npm'): string | undefined {
  if (name.startsWith('@') || name.length < 5 || isPopular(name, ecosystem)) return undefined;
  for (const popular of POPULAR[ecosystem]) {
    if (popular.length >= 5 && Math.abs(popular.length - name.length) < 2 && isOneSlip(name, popular)) return popular;
    if (popular.length >= 5 && name.replace(/[-_.]/g, '') === popular.replace(/[-_.]/g, '')) return popular;
  }
  return undefined;
}

/** One letter more, less or other, or two neighbours exchanged. */
function isOneSlip(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
