from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('RECEIPT', 'RECEIPT'), ('ACCEPTANCE', 'ACCEPTANCE'), ('CORRECTION', 'CORRECTION'), ('REFUSAL_OF_ACCEPTANCE', 'REFUSAL_OF_ACCEPTANCE'), ('HAND_BACK', 'HAND_BACK'), ('APPROVAL', 'APPROVAL'), ('REJECTION', 'REJECTION'), ('REGISTRATION', 'REGISTRATION'), ('REFUSAL_OF_REGISTRATION', 'REFUSAL_OF_REGISTRATION'), ('WITHDRAWAL', 'WITHDRAWAL'), ('DELIVERY', 'DELIVERY'), ('STOP_OF_BENEFIT', 'STOP_OF_BENEFIT'), ('EXTENSION', 'EXTENSION'), ('REVOCATION', 'REVOCATION'), ('NOT_NEEDED', 'NOT_NEEDED'), ('TRANSFER', 'TRANSFER'), ('TERMINATION', 'TERMINATION'), ('SPECIAL_PROCEDURE', 'SPECIAL_PROCEDURE'), ('TAKING_BACK', 'TAKING_BACK'), ('REOPENING', 'REOPENING'), ('FILING', 'FILING')], max_length=32),
        ),
    ]
